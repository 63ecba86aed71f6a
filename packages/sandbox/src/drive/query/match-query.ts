import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import { sharedWithMe } from "../sharing/shared-with-me.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { type FileReading, fileReader, lineOf, wordsOf } from "./file-reading.ts";
import { memberMatcher } from "./match-member.ts";
import type { Comparison, FlagTerm, QueryNode, TimeTerm } from "./query-node.ts";

/** Who searches, and where. */
export interface Searcher {
  readonly store: DriveStore;
  readonly account: Account;
  readonly clientId: string;
  /** Resource keys sent along, by file id; none when left out. */
  readonly resourceKeys?: ReadonlyMap<string, string>;
}

type Matches = (file: DriveFile) => boolean;

/** A searcher, who reads the file that is looked at once for all terms. */
interface Reader extends Searcher {
  readonly read: (file: DriveFile) => FileReading;
}

/** Makes of a search the test whether a file is found by it. What the search itself says is read once. */
export function matcherOf(node: QueryNode, searcher: Searcher): Matches {
  return nodeMatcher(node, { ...searcher, read: fileReader(searcher.store) });
}

function nodeMatcher(node: QueryNode, searcher: Reader): Matches {
  switch (node.kind) {
    case "and":
    case "or":
      return bothOrEither(node.kind, nodeMatcher(node.left, searcher), nodeMatcher(node.right, searcher));
    case "not": {
      const matches = nodeMatcher(node.of, searcher);
      return (file) => !matches(file);
    }
    case "text":
      return textMatcher(node, searcher);
    case "time":
      return (file) => compareTimes(timeOf(file, node.term, searcher), node.operator, node.timeMs);
    case "flag":
      return (file) => flagOf(file, node.term, searcher) === node.value;
    case "member":
      return memberMatcher(node.term, node.value, searcher);
    case "property":
      return (file) => propertiesOf(file, node.term, searcher.clientId)?.[node.key] === node.value;
  }
}

/**
 * The folders in whose children all matches must lie; null when the search does not say. So a search in one folder
 * looks at that folder alone, however large the Drive.
 */
export function foldersOf(node: QueryNode, searcher: Searcher): ReadonlySet<string> | null {
  if (node.kind === "member" && node.term === "parents") return new Set([realId(node.value, searcher)]);
  if (node.kind === "and") return foldersOf(node.left, searcher) ?? foldersOf(node.right, searcher);
  if (node.kind !== "or") return null;
  const left = foldersOf(node.left, searcher);
  const right = foldersOf(node.right, searcher);
  return left && right && new Set([...left, ...right]);
}

function bothOrEither(kind: "and" | "or", left: Matches, right: Matches): Matches {
  return kind === "and" ? (file) => left(file) && right(file) : (file) => left(file) || right(file);
}

function textMatcher(node: QueryNode & { kind: "text" }, { read }: Reader): Matches {
  const { term, operator, value } = node;
  switch (term) {
    case "name": {
      if (operator === "contains") {
        const contains = wordFinder(value);
        return (file) => contains(file.name, read(file).wordsOfName);
      }
      const name = value.toLowerCase();
      return (file) => (read(file).lowerName === name) === (operator === "=");
    }
    case "mimeType":
      if (operator === "contains") return (file) => file.mimeType.includes(value);
      return (file) => (file.mimeType === value) === (operator === "=");
    case "fullText": {
      const contains = phraseFinder(value);
      return (file) => contains(read(file));
    }
    case "visibility":
      return (file) => (read(file).visibility === value) === (operator === "=");
    case "shortcutDetails.targetId":
      return (file) => (file.shortcutTargetId === value) === (operator === "=");
  }
}

function realId(id: string, { store, account }: Searcher): string {
  return id === "root" ? store.rootId(account.sub) : id;
}

/**
 * `contains` finds the beginnings of words alone: `HelloWorld` is found by `Hello`, not by `World`. Signs part words
 * and are not looked for, unless there is nothing else; what Drive does with signs alone is not documented.
 */
function wordFinder(sought: string): (text: string, words: readonly string[]) => boolean {
  const beginnings = [...new Set(wordsOf(sought))];
  if (beginnings.length === 0) return (text) => text.includes(sought);
  return (_text, words) => beginnings.every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/** Double quotes around the sought text ask for the words side by side. */
function phraseFinder(sought: string): (reading: FileReading) => boolean {
  const phrase = /^"(.*)"$/s.exec(sought.trim())?.[1];
  if (phrase === undefined) {
    const contains = wordFinder(sought);
    return (reading) => contains(reading.text, reading.wordsOfText);
  }
  const line = lineOf(wordsOf(phrase));
  return (reading) => reading.line.includes(line);
}

function timeOf(file: DriveFile, term: TimeTerm, { store, account }: Searcher): number | null {
  switch (term) {
    case "modifiedTime":
      return file.modifiedTimeMs;
    case "createdTime":
      return file.createdTimeMs;
    case "sharedWithMeTime":
      return sharedWithMe(store, account, file)?.timeMs ?? null;
    case "viewedByMeTime":
      return null;
  }
}

/** A time that the file does not have is neither before nor after nor equal to anything. */
function compareTimes(left: number | null, operator: Comparison, right: number): boolean {
  if (left === null) return false;
  switch (operator) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function flagOf(file: DriveFile, term: FlagTerm, { store, account, read }: Reader): boolean {
  switch (term) {
    case "trashed":
      return read(file).isTrashed;
    case "starred":
      return file.starred;
    case "sharedWithMe":
      return sharedWithMe(store, account, file) !== null;
  }
}

function propertiesOf(file: DriveFile, term: "properties" | "appProperties", clientId: string) {
  return term === "properties" ? file.properties : file.appProperties[clientId];
}
