// Finds the handlers of a request. A path of the API consists of fixed segments and ids, so there are as many forms of paths as
// there are routes: Hono's router searches its tree once for each form, and then the form is looked up.
import type { ParamIndexMap, Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/** A segment in the form of an id (ids.ts). */
const ID_SEGMENT = /\/([a-z]+_[0-9a-z]{26})(?![^/])/g;

const PLACE = ":";
/** What stands for the ids in a form, in order. */
const placeholder = (index: number) => PLACE + index;

interface Route<T> {
	readonly number: number;
	readonly added: readonly [method: string, path: string, handler: T];
	/** The beginning of its path; null if it has a wildcard, which may stand for any. */
	readonly beginning: readonly string[] | null;
}

/** Segments of a path by which its routes are chosen: `/api/v1/` and a resource. */
const CHOSEN_BY = 3;
const beginningOf = (path: string) => path.split("/", CHOSEN_BY + 1).slice(1);

/** Whether a route may match a path that begins with these segments. */
const mayMatch = ({ beginning }: Route<unknown>, segments: readonly string[]): boolean =>
	beginning === null ||
	(beginning.length === segments.length &&
		beginning.every((segment, index) => segment.startsWith(PLACE) || segment === segments[index]));

/** A router that remembers the handlers of each form of path. */
export class FormRouter<T> implements Router<T> {
	readonly name = "FormRouter";
	readonly #routes: Route<T>[] = [];
	/** By the numbers of the routes in it. To put all routes into one tree took a tenth of an isolate's start. */
	readonly #trees = new Map<string, TrieRouter<T>>();
	/** Handlers of routes without a wildcard. */
	readonly #exact = new Set<T>();
	readonly #forms = new Map<string, [T, ParamIndexMap][]>();

	add(method: string, path: string, handler: T): void {
		const beginning = /[*?]/.test(path) ? null : beginningOf(path);
		this.#routes.push({ number: this.#routes.length, added: [method, path, handler], beginning });
		if (!path.includes("*")) this.#exact.add(handler);
		this.#forms.clear();
	}

	/** A tree with the routes that may match a path. */
	#treeFor(path: string): TrieRouter<T> {
		const segments = beginningOf(path);
		const chosen = this.#routes.filter((route) => mayMatch(route, segments));
		const key = chosen.map(({ number }) => number).join();
		const known = this.#trees.get(key);
		if (known) return known;
		const tree = new TrieRouter<T>();
		for (const { added } of chosen) tree.add(...added);
		this.#trees.set(key, tree);
		return tree;
	}

	match(method: string, path: string): Result<T> {
		if (path.includes(PLACE)) return this.#treeFor(path).match(method, path);
		const ids: string[] = [];
		const form = path.replaceAll(ID_SEGMENT, (_, id: string) => `/${placeholder(ids.push(id) - 1)}`);
		const key = `${method} ${form}`;
		const known = this.#forms.get(key);
		if (known) return [known, ids];
		const handlers = this.#handlersOf(method, form, ids.length);
		if (!handlers) return this.#treeFor(path).match(method, path);
		this.#forms.set(key, handlers);
		return [handlers, ids];
	}

	/**
	 * The handlers of a form, and which of its ids their parameters are. Null for a form that is no route's, or has parameters
	 * that are no ids: of these there are too many to remember.
	 */
	#handlersOf(method: string, form: string, count: number): [T, ParamIndexMap][] | null {
		const [found] = this.#treeFor(form).match(method, form) as [[T, Record<string, string>][]];
		if (!found.some(([handler]) => this.#exact.has(handler))) return null;
		const places = new Map(Array.from({ length: count }, (_, index) => [placeholder(index), index]));
		const handlers: [T, ParamIndexMap][] = [];
		for (const [handler, values] of found) {
			const indices: ParamIndexMap = {};
			for (const [name, value] of Object.entries(values)) {
				const index = places.get(value);
				if (index === undefined) return null;
				indices[name] = index;
			}
			handlers.push([handler, indices]);
		}
		return handlers;
	}
}
