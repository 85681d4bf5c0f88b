// The part of autocannon that we use; it brings no types.
declare module "autocannon" {
	interface Request {
		readonly method: string;
		readonly path: string;
		readonly headers?: Readonly<Record<string, string>>;
		readonly body?: string;
	}
	interface Options {
		readonly url: string;
		readonly connections: number;
		readonly duration: number;
		readonly requests: readonly { setupRequest(request: object): Request }[];
	}
	interface Instance extends PromiseLike<{ readonly duration: number; readonly errors: number }> {
		on(
			event: "response",
			listener: (client: unknown, status: number, bytes: number, ms: number) => void,
		): this;
	}
	export default function autocannon(options: Options): Instance;
}
