import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');

function costs(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules', '.bin', 'tsx'),
    [join(import.meta.dirname, 'main.ts'), ...args],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('npm run costs', () => {
  it('shows all sizes side by side, and ends with a line of totals', () => {
    const { status, stdout, stderr } = costs();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^USD per month +dev +staging +production\n/);
    expect(stdout).toMatch(/\nNAT gateways( +\d+\.\d\d){3}\n/);
    expect(lastLine(stdout)).toMatch(
      /^eu-central-1, 50 events\/s of 1024 bytes, per month: local \$0, dev \$\d+, staging \$\d+, production \$\d+$/,
    );
  });

  it('shows one size line by line, marks what is from memory, and adds up', () => {
    const { stdout } = costs('production', '--region', 'us-east-1', '--systems=todo');
    expect(stdout).toMatch(/\nnodes on demand, m7i\.large +2190 +hour +0\.1008 +220\.75\n/);
    expect(stdout).toMatch(/\nValkey, cache\.m7g\.large +2190 +hour +~0\.1264 +276\.82\n/);
    const lines = stdout.split('\n').slice(2);
    const end = lines.findIndex((line) => line.startsWith('total'));
    const last = (line: string) => Number(line.split(' ').at(-1));
    const sum = lines.slice(0, end).reduce((total, line) => total + last(line), 0);
    expect(Math.abs(sum - last(lines[end]!))).toBeLessThan(0.005 * end);
    expect(lastLine(stdout)).toMatch(/^us-east-1, .*: local \$0, production \$\d+$/);
  });

  it('says when a size is too small for the load', () => {
    const { status, stdout, stderr } = costs('dev', 'staging', '--events-per-second', '200');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^costs: dev is too small for 200 events\/s of 1024 bytes: .*\n$/);
    expect(lastLine(stdout)).toContain('dev $');
  });

  it('is read by programs, with the source of each price', () => {
    const { stdout } = costs('dev', '--json', '--bytes', '500');
    const { load, sizes } = JSON.parse(stdout) as {
      load: unknown;
      sizes: Record<string, { total: number; lines: { source: { url: string } }[] }>;
    };
    expect(load).toEqual({ eventsPerSecond: 50, bytesPerEvent: 500 });
    expect(Object.keys(sizes)).toEqual(['dev']);
    expect(sizes.dev!.lines[0]!.source.url).toMatch(/^https:/);
  });

  it.each([
    [['--systems', 'tasks,shop'], "costs: no system 'shop': use tasks, todo, traffic, orders\n"],
    [['huge'], "costs: no size 'huge': use dev, staging, production\n"],
    [['--region', 'mars-1'], "costs: no prices for region 'mars-1': use eu-central-1, us-east-1\n"],
    [
      ['--events-per-second', 'many'],
      "costs: --events-per-second is 'many': use a number that is not negative, such as 50\n",
    ],
    [['--bytes=-1'], "costs: --bytes is '-1': use a number that is not negative, such as 1024\n"],
  ])('refuses %j', (args, message) => {
    expect(costs(...args)).toEqual({ status: 1, stdout: '', stderr: message });
  });

  it('explains itself', () => {
    expect(costs('--help')).toMatchObject({ status: 0 });
    expect(costs('--help').stdout).toMatch(/^npm run costs/);
  });
});
