declare module "node:async_hooks" {
	/** Provided by the runtime with the compatibility flag `nodejs_als`. */
	export class AsyncLocalStorage<T> {
		run<R>(store: T, callback: () => R): R;
		getStore(): T | undefined;
	}
}
