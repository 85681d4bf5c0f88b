// Changes that pages make.
import {
	type MutationFunction,
	type UseMutationOptions,
	useMutation as useMutationOf,
} from "@tanstack/preact-query";
import { useRef } from "preact/hooks";

type Options<Data, Variables> = UseMutationOptions<Data, Error, Variables> & {
	readonly mutationFn: MutationFunction<Data, Variables>;
};

/**
 * The library's `useMutation`, which always runs the function of the last rendering. The library's own exchanges it only after
 * the page has been drawn, and Enter may follow the last letter sooner: the value before that letter would be sent.
 */
export function useMutation<Data, Variables = void>(options: Options<Data, Variables>) {
	const latest = useRef(options.mutationFn);
	latest.current = options.mutationFn;
	return useMutationOf<Data, Error, Variables>({
		...options,
		mutationFn: (variables, context) => latest.current(variables, context),
	});
}
