// Shows whether a list is really being refreshed.
import { clockTime } from "../format.ts";
import { useConnection } from "../shell.tsx";

interface Head {
	readonly error: Error | null;
	readonly dataUpdatedAt: number;
}

export function Live({ query: { error, dataUpdatedAt } }: { query: Head }) {
	const { trouble } = useConnection();
	return (
		<span class={error || trouble ? "live stale" : "live"} role="status">
			{error || trouble ? `Not live, as of ${clockTime(dataUpdatedAt)}` : "Live"}
		</span>
	);
}
