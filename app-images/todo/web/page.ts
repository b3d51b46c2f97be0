import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
input { flex: 1 1 10rem; font: inherit; padding: .3rem .5rem; }
button { font: inherit; padding: .3rem .8rem; }
li { align-items: center; display: flex; gap: .5rem; margin: .3rem 0; }
li > :first-child { flex: 1; }
ul { list-style: none; padding: 0; }
.done { text-decoration: line-through; }
[role=alert] { color: #b3261e; min-height: 1.5rem; }
`;

/** Every text of users is set as text, never as HTML. */
const SCRIPT = `
const $ = (id) => document.getElementById(id);
let user = localStorage.getItem('user');
const problem = (text = '') => { $('problem').textContent = text; };
async function call(method, path, body, headers = {}) {
  const sent = await fetch(path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && { 'idempotency-key': crypto.randomUUID() }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = sent.status === 204 ? undefined : await sent.json();
  if (!sent.ok) {
    problem(answer?.detail ?? answer?.title ?? String(sent.status));
    throw new Error(String(sent.status));
  }
  return answer;
}
function button(label, act) {
  const made = document.createElement('button');
  made.textContent = label;
  made.onclick = () => { problem(); act().then(show, show); };
  return made;
}
function item(text, ...buttons) {
  const li = document.createElement('li');
  const span = document.createElement('span');
  span.textContent = text;
  li.append(span, ...buttons);
  return li;
}
function taskItem(task) {
  const path = '/api/tasks/' + task.task_id;
  const match = { 'if-match': '"' + task.version + '"' };
  const li = item(task.title, ...(task.completed ? [] : [
    button('Change', async () => {
      const title = prompt('Title', task.title);
      if (title) await call('PATCH', path, { title }, match);
    }),
    button('Complete', () => call('POST', path + '/complete', undefined, match)),
  ]), button('Delete', () => call('DELETE', path, undefined, match)));
  if (task.completed) li.firstChild.className = 'done';
  return li;
}
async function show() {
  $('register').hidden = Boolean(user);
  $('app').hidden = !user;
  if (!user) return;
  const of = '?user_id=' + encodeURIComponent(user);
  const q = $('q').value.trim();
  const { tasks } = q
    ? await call('GET', '/api/search' + of + '&q=' + encodeURIComponent(q))
    : await call('GET', '/api/tasks' + of);
  $('tasks').replaceChildren(...tasks.map(q ? ({ title }) => item(title) : taskItem));
  const [points, told] = await Promise.all([
    call('GET', '/api/points/' + encodeURIComponent(user)),
    call('GET', '/api/notifications' + of),
  ]);
  $('points').textContent = points.points + ' points ' + points.badges.join(', ');
  $('told').replaceChildren(...told.notifications.map(({ subject }) => item(subject)));
}
$('register').onsubmit = async (event) => {
  event.preventDefault();
  problem();
  const { user_id: id } = await call('POST', '/api/users', {
    email: $('email').value, name: $('name').value, source: 'web',
  });
  localStorage.setItem('user', user = id);
  show();
};
$('add').onsubmit = async (event) => {
  event.preventDefault();
  problem();
  await call('POST', '/api/tasks', { user_id: user, title: $('title').value });
  $('title').value = '';
  show();
};
$('search').onsubmit = (event) => { event.preventDefault(); show(); };
$('leave').onclick = () => { localStorage.removeItem('user'); user = null; show(); };
show();
setInterval(() => { if (!document.hidden && user) show(); }, 5000);
`;

/** The page: one file, without anything from elsewhere. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Todo</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Todo</h1>
<p role="alert" id="problem"></p>
<form id="register" hidden>
<input id="name" aria-label="Name" placeholder="Name" required maxlength="100">
<input id="email" aria-label="Mail address" placeholder="Mail address" type="email" required>
<button>Register</button>
</form>
<main id="app" hidden>
<form id="add"><input id="title" aria-label="New task" placeholder="New task" required maxlength="200"><button>Add</button></form>
<form id="search"><input id="q" aria-label="Search" placeholder="Search" maxlength="200"><button>Search</button></form>
<ul id="tasks"></ul>
<p id="points"></p>
<h2>Notifications</h2>
<ul id="told"></ul>
<button id="leave">Leave</button>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Headers of the page: it runs its own script alone, and talks to its own server alone. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
