import { expect, it } from 'vitest';
import { repositoryUrl } from './build-packages.ts';

it.each([
  ['https://example.com/team/repository.git', 'git+https://example.com/team/repository.git'],
  ['https://example.com/team/repository', 'git+https://example.com/team/repository.git'],
  ['git@example.com:team/repository.git', 'git+https://example.com/team/repository.git'],
  ['ssh://git@example.com/team/repository', 'git+https://example.com/team/repository.git'],
  ['/srv/clones/repository', undefined],
  ['http://127.0.0.1:8080/repository', undefined],
  ['', undefined],
])('the repository of remote %o is %o', (remote, url) => {
  expect(repositoryUrl(remote)).toBe(url);
});
