// Creates something once, also when the answer to the first try was lost.
import { useRef } from "preact/hooks";

/** What makes a request one that creates once, in the form of `params`. */
export interface Creation {
	readonly header: { readonly "Idempotency-Key": string };
}

/**
 * A function that creates what it is given, with an Idempotency-Key: the same for the same body until it has been created, so
 * that a second try after a lost answer gets the answer of the first one.
 */
export function useCreation<Body, Made>(create: (body: Body, params: Creation) => Promise<Made>) {
	const tried = useRef({ of: "", key: "" });
	return async (body: Body): Promise<Made> => {
		const of = JSON.stringify(body);
		if (tried.current.of !== of) tried.current = { of, key: crypto.randomUUID() };
		const made = await create(body, { header: { "Idempotency-Key": tried.current.key } });
		tried.current = { of: "", key: "" };
		return made;
	};
}
