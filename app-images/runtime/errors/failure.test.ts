import { describe, expect, it } from 'vitest';
import { InvalidEventError } from './invalid-event-error.ts';
import { classifyFailure, describeFailure } from './failure.ts';

function failure(code: string | undefined, message = 'secret of a user'): Error {
  return Object.assign(new Error(message), { code });
}

describe('classifyFailure', () => {
  it.each([
    ['22001', 'invalid'],
    ['22P02', 'invalid'],
    ['23505', 'invalid'],
    ['23503', 'failed'],
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['55P03', 'conflict'],
    ['08006', 'unavailable'],
    ['25006', 'unavailable'],
    ['28P01', 'unavailable'],
    ['3D000', 'unavailable'],
    ['53100', 'unavailable'],
    ['53300', 'unavailable'],
    ['57P01', 'unavailable'],
    ['57P03', 'unavailable'],
    ['58030', 'unavailable'],
    ['57014', 'failed'],
    ['42P01', 'failed'],
    ['ECONNREFUSED', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['EPIPE', 'unavailable'],
    ['ENOENT', 'failed'],
  ])('%s is %s', (code, expected) => {
    expect(classifyFailure(failure(code))).toBe(expected);
  });

  it('knows lost connections by the messages of the driver', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'Connection terminated due to connection timeout',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
    ]) {
      expect(classifyFailure(new Error(message))).toBe('unavailable');
    }
  });

  it('looks into what a connection to several addresses throws', () => {
    expect(classifyFailure(new AggregateError([failure('ECONNREFUSED')]))).toBe('unavailable');
  });

  it('takes all else for a mistake', () => {
    expect(classifyFailure(new InvalidEventError('x'))).toBe('invalid');
    expect(classifyFailure(new TypeError('x is not a function'))).toBe('failed');
    expect(classifyFailure('thrown text')).toBe('failed');
  });
});

describe('describeFailure', () => {
  it('tells the place of a database error, not the values in its message', () => {
    const error = Object.assign(failure('23505'), { table: 'tasks', constraint: 'tasks_pkey' });
    expect(describeFailure(error)).toBe('SQLSTATE 23505 at tasks tasks_pkey');
    expect(describeFailure(failure('22P02'))).toBe('SQLSTATE 22P02');
  });

  it('tells the message of other errors', () => {
    expect(describeFailure(new Error('no way'))).toBe('no way');
    expect(describeFailure(failure('ECONNREFUSED', 'connect ECONNREFUSED'))).toBe(
      'connect ECONNREFUSED',
    );
    expect(describeFailure(failure('EPIPE', ''))).toBe('EPIPE');
  });
});
