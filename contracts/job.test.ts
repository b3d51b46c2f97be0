import { describe, expect, it } from 'vitest';
import { defineApp } from './app-manifest.ts';
import { jobProblems, overrideProblems } from './job.ts';

const image = { appId: 'todo', description: 'Keeps tasks.', port: 8080 };
const job = { name: 'cleanup', description: 'Deletes old tasks.' };

/** What is wrong with a schedule. */
function problemsOf(schedule: string): readonly string[] {
  return jobProblems('jobs', [{ ...job, schedule }]);
}

describe('jobs of a manifest', () => {
  it.each([
    '0 3 * * *',
    '30 0 3 * * *',
    '*/15 8-18/2 1,15 JAN-MAR,dec MON-FRI',
    '0 0 29 2 *',
    '0 0 31 2 1',
    '0 0 31 1-3 *',
    '@yearly',
    '@daily',
    '@hourly',
    '@every 1s',
    '@every 1h30m10s',
  ])('takes %s', (schedule) => {
    expect(problemsOf(schedule)).toEqual([]);
  });

  it.each([
    ['0 3 * *', 'must have 5 fields'],
    ['0 0 3 * * * 2026', 'must have 5 fields'],
    ['0  3 * * *', 'must have 5 fields'],
    [' 0 3 * * *', 'must have 5 fields'],
    ['', 'must have 5 fields'],
    ['60 3 * * *', 'its minute (60) is out of range: use 0 to 59'],
    ['0 24 * * *', 'its hour (24) is out of range: use 0 to 23'],
    ['0 0 0 * *', 'its day of the month (0) is out of range: use 1 to 31'],
    ['0 0 1 13 *', 'its month (13) is out of range: use 1 to 12'],
    ['0 0 * * 7', 'its day of the week (7) is out of range: use 0 to 6'],
    ['60 0 0 * * *', 'its second (60) is out of range: use 0 to 59'],
    ['0 22-2 * * *', 'its hour (22-2) ends before it begins: write two ranges, e.g. 22-23,0-2'],
    ['5/15 * * * *', 'its minute (5/15) has a step behind a number: write a range, e.g. 5-59/15'],
    ['*/0 * * * *', 'has a step that is not valid: use 1 to 60'],
    ['*/61 * * * *', 'has a step that is not valid: use 1 to 60'],
    ['0 0 L * *', 'its day of the month (L) must be *, numbers from 1 to 31'],
    ['0 0 15W * *', 'its day of the month (15W) must be *'],
    ['0 0 ? * *', 'its day of the month (?) must be *'],
    ['0 0 * * FRI#2', 'its day of the week (FRI#2) must be *'],
    ['0 0 * * MONDAY', 'its day of the week (MONDAY) must be *'],
    ['0 0 * JAN-FOO *', 'its month (JAN-FOO) must be *, numbers from 1 to 12, names such as JAN'],
    ['1,,2 * * * *', 'its minute () must be *'],
    ['-5 * * * *', 'its minute (-5) must be *'],
    ['1.5 * * * *', 'its minute (1.5) must be *'],
    ['0 0 31 2 *', 'no month of it (2) has the day 31: it would never be due'],
    ['0 0 30,31 FEB *', 'no month of it (FEB) has the day 30,31: it would never be due'],
    ['0 0 31 4,6,9,11 *', 'no month of it (4,6,9,11) has the day 31'],
    ['@fortnightly', 'this name is not known: use @yearly'],
    ['@DAILY', 'this name is not known'],
    ['@toString', 'this name is not known'],
    ['@every', 'this name is not known'],
    ['@every 500ms', 'must be hours, minutes and seconds'],
    ['@every 1d', 'must be hours, minutes and seconds'],
    ['@every ', 'must be hours, minutes and seconds'],
    ['@every 0s', 'must be at least 1s'],
    ['@every 9000h', 'at most 8784h'],
  ])('refuses the schedule %j', (schedule, problem) => {
    const problems = problemsOf(schedule);
    expect(problems.join()).toContain(`jobs[0].schedule ('${schedule}') is not valid: `);
    expect(problems.join()).toContain(problem);
  });

  it.each([
    [[{ ...job }], 'jobs[0] has neither schedule nor at'],
    [[{ ...job, schedule: '@daily', at: '2026-12-01T09:00:00Z' }], 'jobs[0] has schedule and at'],
    [[{ ...job, at: '2026-02-31T09:00:00Z' }], 'jobs[0].at'],
    [[{ ...job, at: 'tomorrow' }], "jobs[0].at ('tomorrow') is not a time of RFC 3339"],
    [
      [{ ...job, at: '2026-12-01T09:00:00Z', catchUp: 'each' }],
      'jobs[0].catchUp is about jobs that repeat',
    ],
    [[{ ...job, schedule: '@daily', catchUp: 'all' }], 'jobs[0].catchUp'],
    [[{ ...job, name: 'Clean up', schedule: '@daily' }], 'must be a DNS label'],
    [[{ ...job, name: 'a'.repeat(64), schedule: '@daily' }], 'must be a DNS label'],
    [[{ name: 'cleanup', schedule: '@daily' }], "'jobs[0].description' is missing"],
    [[{ ...job, schedule: 5 }], 'jobs[0].schedule (5) must be a string'],
    [[{ ...job, cron: '@daily' }], "'jobs[0].cron' is not known"],
    [
      [
        { ...job, schedule: '@daily' },
        { ...job, schedule: '@hourly' },
      ],
      "jobs has two jobs 'cleanup'",
    ],
    ['daily', "jobs ('daily') must be a list"],
    [[undefined], 'properties (undefined) must be an object'],
  ])('refuses the list %j', (jobs, problem) => {
    expect(jobProblems('jobs', jobs).join()).toContain(problem);
    expect(() => defineApp({ ...image, jobs } as never)).toThrow(problem);
  });

  it('takes jobs that repeat and jobs that run once', () => {
    const jobs = [
      { ...job, schedule: '0 3 * * *', catchUp: 'each' },
      { ...job, name: 'import', at: '2026-12-01T09:00:00+01:00' },
    ] as const;
    expect(defineApp({ ...image, jobs }).jobs).toEqual(jobs);
  });
});

describe('what an environment says of jobs', () => {
  const jobs = [
    { ...job, schedule: '@daily' },
    { ...job, name: 'import', at: '2026-12-01T09:00:00Z' },
  ];

  it('takes another schedule, and jobs that do not run', () => {
    const overrides = { cleanup: { schedule: '@hourly' }, import: { enabled: false } };
    expect(overrideProblems('jobs', overrides, jobs)).toEqual([]);
  });

  it.each([
    [
      { clean: {} },
      "jobs names the job 'clean', which the manifest does not have: it has cleanup, import",
    ],
    [
      { cleanup: { schedule: '61 * * * *' } },
      "jobs.cleanup.schedule ('61 * * * *') is not valid: its minute (61)",
    ],
    [{ cleanup: { enabled: 'no' } }, "jobs.cleanup.enabled ('no') must be true or false"],
    [{ cleanup: 5 }, 'must be an object'],
    [{ import: { schedule: '@daily' } }, 'jobs.import.schedule is about a job that runs once'],
  ])('refuses what does not fit: %j', (overrides, problem) => {
    expect(overrideProblems('jobs', overrides, jobs).join()).toContain(problem);
  });
});
