/** One request as it arrived. */
export interface Received {
	method: string;
	/** Path and query. */
	path: string;
	/** Ms since 1970 on the receiver's clock. */
	at: number;
	httpVersion: string;
	/** Lower-case names; repeated headers joined as Node joins them. */
	headers: Record<string, string>;
	/** Names and values in turn, as sent. */
	rawHeaders: string[];
	body: string;
	bodyBase64: string;
	/** What `/endless` has handed to the socket. */
	bytesSent: number;
	/** Whether the sender's connection is closed. */
	closed: boolean;
}

export interface Receiver {
	/** `http://127.0.0.1:<port>`, without a slash at the end. */
	url: string;
	close(): Promise<void>;
}

export function startReceiver(): Promise<Receiver>;
