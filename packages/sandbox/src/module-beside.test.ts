import { expect, it } from "vitest";
import { moduleBeside } from "./module-beside.ts";

it("a module beside another has the other's extension, from source as compiled", () => {
  expect(moduleBeside("file:///a/src/one.ts", "two").href).toBe("file:///a/src/two.ts");
  expect(moduleBeside("file:///a/dist/one.js", "two").href).toBe("file:///a/dist/two.js");
});
