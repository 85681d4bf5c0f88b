// Changes that pages make.
import {
	type MutationFunction,
	type UseMutationOptions,
	useMutation as useMutationOf,
} from "@tanstack/preact-query";
import { useCallback, useRef } from "preact/hooks";

type Options<Data, Variables> = UseMutationOptions<Data, Error, Variables> & {
	readonly mutationFn: MutationFunction<Data, Variables>;
};

/**
 * The library's `useMutation`, which always runs the function of the last rendering, and runs once at a time. The library's own
 * exchanges the function only after the page has been drawn, and Enter may follow the last letter sooner: the value before that
 * letter would be sent. A second click may come before the button is drawn as busy, too.
 */
export function useMutation<Data, Variables = void>(options: Options<Data, Variables>) {
	const latest = useRef(options.mutationFn);
	latest.current = options.mutationFn;
	const isRunning = useRef(false);
	const mutation = useMutationOf<Data, Error, Variables>({
		...options,
		mutationFn: (variables, context) => latest.current(variables, context),
	});
	const { mutateAsync } = mutation;
	const mutate = useCallback(
		(variables: Variables) => {
			if (isRunning.current) return;
			isRunning.current = true;
			const done = () => {
				isRunning.current = false;
			};
			// The error is part of the state.
			mutateAsync(variables).then(done, done);
		},
		[mutateAsync],
	);
	return { ...mutation, mutate };
}
