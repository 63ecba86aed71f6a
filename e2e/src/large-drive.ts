import { createSandbox, generatedContent } from "@driveway/sandbox";

/*
 * A sandbox in a process of its own, with one large file and many small ones in Alice's Drive, made up while they are
 * read. It says one line of JSON when it is ready, and ends with its input.
 */
const [largeBytes = 0, smallFiles = 0, smallBytes = 0] = process.argv.slice(2).map(Number);
const sandbox = await createSandbox({ library: "none" });
const alice = sandbox.accounts[0]?.sub ?? "";

function add(name: string, content: Awaited<ReturnType<typeof generatedContent>>): string {
  return sandbox.drive.addFile(alice, { name, mimeType: "image/jpeg", content }).id;
}

const small: string[] = [];
for (let index = 1; index <= smallFiles; index += 1) {
  small.push(add(`${index}.jpg`, await generatedContent({ sizeBytes: smallBytes, index })));
}
const large = add("large.jpg", await generatedContent({ sizeBytes: largeBytes }));
const { origin: issuer, apiRoot, clientId, clientSecret } = sandbox;
console.log(JSON.stringify({ google: { issuer, apiRoot, clientId, clientSecret }, large, small }));
process.stdin.on("close", () => process.exit(0)).resume();
