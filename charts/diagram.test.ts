import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  DaprPubSub,
  DeadLetterProcessor,
  EventProducer,
  EventService,
  IdempotentConsumer,
  type PlatformModel,
} from '../constructs/internal.ts';
import { parseFlowchart } from '../constructs/testing/mermaid.ts';
import { PLATFORMS, SYSTEMS } from './systems.ts';
import { platformSvg } from './platform-svg.ts';
import { renderDiagram } from './render-diagram.ts';
import { removeOthers, writeFiles } from './write-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'diagram-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What people read in an SVG, line by line. */
function words(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^]*?)<\/text>/g)].map(([, text]) =>
    text!
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&#45;', '-')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );
}

/** A model with one topic per name. */
function topics(...names: string[]): PlatformModel {
  return {
    groups: [
      {
        id: 'group_1',
        title: 'A & B',
        nodes: names.map((name, place) => ({ id: `n${place}`, kind: 'topic', name, details: [] })),
      },
    ],
    edges: [],
  };
}

describe.each(PLATFORMS)('the picture of $folder', ({ folder: name, declare }) => {
  const platform = declare();
  const [page, picture] = renderDiagram(platform, name);
  const constructs = platform.node.findAll();
  const apps = constructs.filter(
    (construct) =>
      construct instanceof EventProducer ||
      construct instanceof EventService ||
      construct instanceof IdempotentConsumer ||
      construct instanceof DeadLetterProcessor,
  );
  const names = [
    ...apps.map(({ appId }) => appId),
    ...constructs
      .filter((construct) => construct instanceof DaprPubSub)
      .flatMap((pubSub) => pubSub.topics)
      .flatMap((topic) => [topic.name, ...topic.deadLetterTopics]),
  ];

  it('shows each app, topic and dead-letter topic, on the page and in the SVG', async () => {
    // An app, its topic, and the dead-letter processor at least.
    expect(names.length).toBeGreaterThan(3);
    const chart = /```mermaid\n([^]*?)```/.exec(page!.content)![1]!;
    const { labels, edges } = await parseFlowchart(chart);
    const drawn = [...labels.values()].map((label) => label.split('<br/>')[0]);
    expect(drawn).toEqual(expect.arrayContaining(names));
    expect(words(picture!.content)).toEqual(expect.arrayContaining(names));
    expect(edges.length).toBeGreaterThan(names.length);
    expect(picture!.content.match(/class="edge"/g)).toHaveLength(edges.length);
  });

  it('goes beside the manifests', () => {
    expect([page!.path, picture!.path]).toEqual([`${name}/platform.md`, `${name}/platform.svg`]);
  });
});

describe('platformSvg', () => {
  it('stands on its own: nothing is loaded, and nothing runs', () => {
    const svg = platformSvg(topics('a'));
    expect(svg).toMatch(/^<svg width="\d+" height="\d+"/);
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toMatch(/<script|<style|<image|<!|href|url\(|@import/);
  });

  it('has a background, for it is shown on dark pages, too', () => {
    expect(platformSvg(topics('a'))).toMatch(/<polygon fill="#ffffff" stroke="none"/);
  });

  it('keeps names that mean something to Graphviz or to XML', () => {
    const names = ['a "quoted" name', '\\N back\\slash', '<b>&amp;</b>', 'a; b -> c [d=e]'];
    expect(words(platformSvg(topics(...names)))).toEqual(
      expect.arrayContaining([...names, 'A & B']),
    );
  });

  it('is the same for the same model', () => {
    expect(platformSvg(topics('a', 'b'))).toBe(platformSvg(topics('a', 'b')));
  });

  it('leaves room for the widest of fonts', () => {
    const width = (svg: string) => Number(/^<svg width="(\d+)"/.exec(svg)![1]);
    const grown = width(platformSvg(topics('m'.repeat(40)))) - width(platformSvg(topics('m')));
    expect(grown).toBeGreaterThan(39 * 12 * 0.65);
  });
});

describe('npm run diagram', () => {
  const run = (...args: string[]) =>
    spawnSync('tsx', [join(import.meta.dirname, '..', 'scripts', 'diagram.ts'), ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(import.meta.dirname, '..', 'node_modules', '.bin')}:${process.env.PATH}`,
      },
    });

  it('writes the pictures alone, for one environment or all, and ends with the totals', () => {
    const output = join(folder, 'one');
    mkdirSync(join(output, 'tasks', 'local'), { recursive: true });
    writeFileSync(join(output, 'tasks', 'local', '40-apps.yaml'), 'kind: Kept\n');
    const { status, stdout } = run('--output', output, '--environment', 'local');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^drawing tasks\/local …\ndrawing todo\/local …\ndrawing traffic\/local …\ndrawing orders\/local …\n\d+ nodes and \d+ arrows in 8 files below .*one, \d+\.\d\d s\n$/,
    );
    expect(readdirSync(join(output, 'tasks'))).toEqual(['local']);
    expect(readdirSync(join(output, 'tasks', 'local')).sort()).toEqual([
      '40-apps.yaml',
      'platform.md',
      'platform.svg',
    ]);
    for (const file of renderDiagram(SYSTEMS.tasks!.environments.local!(), 'tasks/local')) {
      expect(readFileSync(join(output, file.path), 'utf8')).toBe(file.content);
    }
    const all = join(folder, 'all');
    expect(run('--output', all).status).toBe(0);
    expect(readdirSync(join(all, 'tasks')).sort()).toEqual(
      Object.keys(SYSTEMS.tasks!.environments).sort(),
    );
  });

  it('explains itself, and refuses what it does not know', () => {
    expect(run('--help').stdout).toContain('--environment NAME');
    expect(run('--system', 'shop').stderr).toContain(
      "diagram: there is no system 'shop': use one of tasks",
    );
    const { status, stderr } = run('--environment', 'constructor');
    expect(status).toBe(1);
    expect(stderr).toContain(
      "diagram: there is no environment 'constructor': use one of local, production, aws-msk",
    );
  });
});

describe('removeOthers', () => {
  it('takes what was rendered once, and leaves what somebody else wrote', () => {
    const output = join(folder, 'others');
    const file = (path: string) => ({ path, objects: [], content: '' });
    const kept = [file('local/10-namespace.yaml'), file('local/platform.md')];
    writeFiles(output, [
      ...kept,
      file('local/platform.svg'),
      file('gone/platform.md'),
      file('gone/10-namespace.yaml'),
      file('README.md'),
      file('local/logo.svg'),
    ]);
    removeOthers(output, kept);
    expect(
      readdirSync(output, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.includes('.'))
        .sort(),
    ).toEqual(['README.md', 'local/10-namespace.yaml', 'local/logo.svg', 'local/platform.md']);
  });
});
