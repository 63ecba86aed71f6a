/** The one stylesheet of the sandbox's pages: light and dark, narrow and wide. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1d1f24; --soft: #5a6070; --line: #d5d9e2; --ground: #f3f5f9;
  --card: #ffffff; --accent: #1a5fd0; --on-accent: #ffffff; --mark: #8a4b00; --mark-ground: #fff1dc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef3; --soft: #a9b0c0; --line: #3a4050; --ground: #14161b; --card: #1d2027;
    --accent: #8ab4f8; --on-accent: #10131a; --mark: #ffd9a3; --mark-ground: #3d2c12; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; min-height: 100vh; display: grid; place-items: center; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 480px; padding: 28px; background: var(--card); border: 1px solid var(--line);
  border-radius: 16px; }
h1 { margin: 16px 0 4px; font-size: 1.5rem; font-weight: 600; line-height: 1.25; }
p { margin: 8px 0; }
.mark { display: inline-block; margin: 0; padding: 2px 10px; border-radius: 999px; background: var(--mark-ground);
  color: var(--mark); font-size: .8125rem; font-weight: 600; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.wrap { overflow-wrap: anywhere; }
.notice { padding: 10px 14px; border-radius: 10px; background: var(--mark-ground); color: var(--mark); }
fieldset { min-width: 0; margin: 16px 0 0; padding: 0; border: 0; }
legend { padding: 0; }
.scroll { max-height: 55vh; margin-top: 8px; overflow-y: auto; }
dd a { color: var(--accent); }
code { font-family: ui-monospace, monospace; font-size: .875em; overflow-wrap: anywhere; }
ul { list-style: none; margin: 16px 0; padding: 0; }
li { border-top: 1px solid var(--line); }
li:last-child { border-bottom: 1px solid var(--line); }
li > label, li > a, li > span { display: flex; gap: 12px; align-items: center; min-height: 48px; padding: 10px 4px; }
li > a > span, li > label > span { min-width: 0; }
li > a { color: inherit; text-decoration: none; }
li > a:hover { background: var(--ground); }
input[type="checkbox"], input[type="radio"] { width: 20px; height: 20px; flex: none; margin: 0; accent-color: var(--accent); }
.portrait { width: 40px; height: 40px; flex: none; border-radius: 50%; }
.buttons { display: flex; flex-wrap: wrap; gap: 12px; justify-content: flex-end; margin-top: 24px; }
h2 { margin: 20px 0 4px; font-size: 1rem; font-weight: 600; }
button, a.button { min-height: 44px; padding: 0 24px; border-radius: 999px; border: 1px solid var(--line); background: none;
  color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
a.button { display: inline-flex; align-items: center; text-decoration: none; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dt { margin-top: 12px; color: var(--soft); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .875rem; }
`;
