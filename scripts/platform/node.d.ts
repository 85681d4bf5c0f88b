declare module "node:async_hooks" {
	/** The runtime's own; the compatibility flag `nodejs_als` has it. */
	export class AsyncLocalStorage<T> {
		run<R>(store: T, callback: () => R): R;
		getStore(): T | undefined;
	}
}
