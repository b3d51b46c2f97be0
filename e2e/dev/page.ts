import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RunOptions, AxeResults } from 'axe-core';
import { chromium, type Page } from 'playwright-core';
import { MissingToolchainError } from '../../scripts/toolchain.ts';
import type { LocalRun } from './local-run.ts';
import { TOPIC } from './shop.ts';

/** What was seen of the page. */
export interface PageVerdict {
  /** Pages times sizes. */
  readonly looks: number;
  /** Violations of axe's rules, each with page and element. */
  readonly violations: readonly string[];
  /** Requests to elsewhere, and errors in the console. */
  readonly problems: readonly string[];
}

interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

const SIZES: readonly Size[] = [
  { name: 'wide', width: 1_280, height: 800, colorScheme: 'light' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'dark' },
];
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: { run(options?: RunOptions): Promise<AxeResults> };

/** Violations of the page as it stands. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate(() => axe.run());
  if (results.passes.length < 5) {
    throw new Error(`axe has looked at nothing: ${results.passes.length} rules apply`);
  }
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(' ')}`),
  );
}

/** By the keyboard alone: from the first link into the diagram, to a topic, and an event is published there. */
async function publishByKeyboard(page: Page, { page: address }: LocalRun): Promise<void> {
  await page.goto(`${address}/#/`);
  const topic = page.getByRole('link', { name: TOPIC, exact: true });
  await topic.waitFor();
  const focused = () => page.locator('a:focus').allTextContents();
  for (let tabs = 0; !(await focused()).includes(TOPIC); tabs++) {
    if (tabs > 50) {
      throw new Error(`the link to ${TOPIC} cannot be reached by Tab`);
    }
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: TOPIC }).waitFor();
  const field = page.getByLabel(/^Data of/);
  await field.fill('{ "order_id": 1 }');
  const publish = page.getByRole('button', { name: 'Publish' });
  await publish.focus();
  await page.keyboard.press('Enter');
  await page.getByText(/data\/order_id must be string/).waitFor();
  await field.fill('{ "order_id": "by-keyboard", "customer_id": "keyboard" }');
  await publish.focus();
  await page.keyboard.press('Enter');
  // Its own link: until the list is read again, those of events before it are there.
  const published = await page.getByText(/^published as /).textContent();
  const id = published!.replace(/^published as /, '').trim();
  await page.getByRole('link', { name: id, exact: true }).press('Enter');
  await page.getByRole('heading', { level: 3, name: /order-processor/ }).waitFor();
  await page.getByText(/row of customer_orders/).waitFor();
}

/** Addresses of the pages, each with a text that it shows when it is there. */
function pagesOf(event: {
  partition: number;
  position: number;
}): readonly (readonly [string, string, string])[] {
  return [
    ['platform', '', 'order-processor'],
    ['topic', `topics/${TOPIC}`, 'Newest events'],
    ['event', `topics/${TOPIC}/${event.partition}/${event.position}`, 'process order-placed'],
    ['app', 'apps/order-processor', 'listening'],
    ['quarantine', 'quarantine', 'quarantine is empty'],
    ['mails', 'mails', 'no mails'],
    ['log', 'log', 'listening'],
  ];
}

/** @throws MissingToolchainError without Chromium. */
export function chromiumPath(): string {
  const path = BROWSERS.find((each) => existsSync(each));
  if (path === undefined) {
    throw new MissingToolchainError('chromium');
  }
  return path;
}

/**
 * Looks at every page in two sizes.
 *
 * @param screenshots folder for pictures. @default - none are made
 * @throws MissingToolchainError without Chromium, Error when something cannot be done on the page.
 */
export async function tryPage(
  run: LocalRun,
  screenshots: string | undefined,
): Promise<PageVerdict> {
  const executablePath = chromiumPath();
  // Chromium has no sandbox for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  const found = { looks: 0, violations: [] as string[], problems: [] as string[] };
  try {
    for (const { name: size, colorScheme, ...viewport } of SIZES) {
      const page = await browser.newPage({ viewport, colorScheme });
      page.on('pageerror', ({ message }) => found.problems.push(`${size}: ${message}`));
      page.on('request', (request) => {
        if (!request.url().startsWith(run.page) && !request.url().startsWith('data:')) {
          found.problems.push(`${size}: requests ${request.url()}`);
        }
      });
      await publishByKeyboard(page, run);
      await run.idle();
      const event = (await run.newest(TOPIC))!;
      for (const [name, path, text] of pagesOf(event)) {
        await page.goto(`${run.page}/#/${path}`);
        await page.getByText(text).filter({ visible: true }).first().waitFor();
        found.looks++;
        found.violations.push(
          ...(await violations(page)).map((each) => `${size} ${name}: ${each}`),
        );
        const scrollWidth = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (scrollWidth > viewport.width) {
          found.problems.push(`${size} ${name}: is ${scrollWidth} pixels wide`);
        }
        if (screenshots !== undefined) {
          mkdirSync(screenshots, { recursive: true });
          await page.screenshot({
            path: join(screenshots, `dev-${name}-${size}.png`),
            fullPage: true,
          });
        }
      }
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return found;
}
