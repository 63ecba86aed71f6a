import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const DOCUMENTATION = new URL("../../docs/embedding.md", import.meta.url);

/** The server of a page of some product's own, on a site that is not Driveway's. */
export interface HostPage {
  readonly origin: string;
  close(): Promise<void>;
}

/** The page: `connect(driveway, authorization)` begins, `ends` and `heard` are what came of it. */
const HTML = `<!doctype html>
<title>A product</title>
<script type="module">
import { connectDrive } from "./connect.js";
window.heard = [];
window.ends = [];
window.addEventListener("message", (event) => heard.push(event.data));
window.connect = (driveway, authorization) => {
  connectDrive({ driveway, authorization }).then((end) => ends.push(end), (error) => ends.push(error.message));
};
document.title = "ready";
</script>`;

/** Serves a page that connects with the very code of docs/embedding.md, at a free port of 127.0.0.1. */
export async function startHostPage(): Promise<HostPage> {
  const script = exampleIn(await readFile(DOCUMENTATION, "utf8"));
  const server = createServer((request, response) => {
    const isScript = request.url === "/connect.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : HTML);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The page has no TCP port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function exampleIn(documentation: string): string {
  const blocks = [...documentation.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block);
  const example = blocks.find((block) => block?.includes("export async function connectDrive"));
  if (example === undefined) throw new Error("docs/embedding.md has no example of connectDrive");
  return example;
}
