// Routes pages by path, with the browser's history; a link is a plain <a>.
import { createContext, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

const BASE = "/dashboard";

export interface Place {
	/** The path below `/dashboard`, without a trailing slash. */
	readonly path: string;
	readonly search: URLSearchParams;
}

const here = (): Place => ({
	path: location.pathname.slice(BASE.length).replace(/\/$/, "") || "/",
	search: new URLSearchParams(location.search),
});

const PlaceContext = createContext<Place>(here());

/** The current location. */
export const usePlace = () => useContext(PlaceContext);

/** The URL of a path below `/dashboard`. */
export const href = (path: string) => `${BASE}${path}`;

/** Navigates to a path below `/dashboard`; `replace` adds no history entry. */
export function navigate(path: string, replace = false): void {
	history[replace ? "replaceState" : "pushState"](null, "", href(path));
	dispatchEvent(new PopStateEvent("popstate"));
}

/** Sets parameters of the query and removes empty ones, without a history entry. */
export function setSearch(changes: Readonly<Record<string, string>>): void {
	const { path, search } = here();
	for (const [name, value] of Object.entries(changes)) {
		if (value) search.set(name, value);
		else search.delete(name);
	}
	navigate(search.size > 0 ? `${path}?${search}` : path, true);
}

/** The value of a parameter of the URL's query, and what changes it: the props of a field. */
export const searchField = (search: URLSearchParams, name: string) => {
	const change = (value: string) => setSearch({ [name]: value });
	return { value: search.get(name) ?? "", onInput: change, onChange: change };
};

/** Provides the current location to its children, and makes links navigate without a page load. */
export function Router({ children }: { children: JSX.Element }) {
	const [place, setPlace] = useState(here);
	useEffect(() => {
		const moved = () => setPlace(here());
		const follow = (event: MouseEvent) => {
			const link = event.target instanceof Element ? event.target.closest("a") : null;
			const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) && event.button === 0;
			if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
			if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
			event.preventDefault();
			const { pathname, search } = link;
			navigate(pathname.slice(BASE.length) + search);
			scrollTo(0, 0);
		};
		addEventListener("popstate", moved);
		addEventListener("click", follow);
		return () => {
			removeEventListener("popstate", moved);
			removeEventListener("click", follow);
		};
	}, []);
	return <PlaceContext.Provider value={place}>{children}</PlaceContext.Provider>;
}

/** The parameters of a path that matches `pattern` (`/webhooks/:id`), or null. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
	const [wanted, given] = [pattern.split("/"), path.split("/")];
	if (wanted.length !== given.length) return null;
	const found: Record<string, string> = {};
	for (const [index, part] of wanted.entries()) {
		const value = given[index] ?? "";
		if (part.startsWith(":")) found[part.slice(1)] = decodeURIComponent(value);
		else if (part !== value) return null;
	}
	return found;
}
