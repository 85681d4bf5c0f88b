// Finds the handlers of a request. A path of the API consists of fixed segments and ids, so there are as many forms of paths as
// there are routes: Hono's router searches its tree once for each form, and then the form is looked up.
import type { ParamIndexMap, Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/** A segment in the form of an id (ids.ts). */
const ID_SEGMENT = /\/([a-z]+_[0-9a-z]{26})(?![^/])/g;

const PLACE = ":";
/** What stands for the ids in a form, in order. */
const placeholder = (index: number) => PLACE + index;

/** A router that remembers the handlers of each form of path. */
export class FormRouter<T> implements Router<T> {
	readonly name = "FormRouter";
	readonly #tree = new TrieRouter<T>();
	/** Handlers of routes without a wildcard. */
	readonly #exact = new Set<T>();
	readonly #forms = new Map<string, [T, ParamIndexMap][]>();

	add(method: string, path: string, handler: T): void {
		this.#tree.add(method, path, handler);
		if (!path.includes("*")) this.#exact.add(handler);
		this.#forms.clear();
	}

	match(method: string, path: string): Result<T> {
		if (path.includes(PLACE)) return this.#tree.match(method, path);
		const ids: string[] = [];
		const form = path.replaceAll(ID_SEGMENT, (_, id: string) => `/${placeholder(ids.push(id) - 1)}`);
		const key = `${method} ${form}`;
		const known = this.#forms.get(key);
		if (known) return [known, ids];
		const handlers = this.#handlersOf(method, form, ids.length);
		if (!handlers) return this.#tree.match(method, path);
		this.#forms.set(key, handlers);
		return [handlers, ids];
	}

	/**
	 * The handlers of a form, and which of its ids their parameters are. Null for a form that is no route's, or has parameters
	 * that are no ids: of these there are too many to remember.
	 */
	#handlersOf(method: string, form: string, count: number): [T, ParamIndexMap][] | null {
		const [found] = this.#tree.match(method, form) as [[T, Record<string, string>][]];
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
