// Shows whether a list is really being refreshed.
import { formatClockTime } from "../format.ts";
import { useConnection } from "../shell.tsx";

interface Head {
	readonly error: Error | null;
	readonly dataUpdatedAt: number;
}

export function LiveIndicator({ query: { error, dataUpdatedAt } }: { query: Head }) {
	const { trouble } = useConnection();
	return (
		<span class={error || trouble ? "live stale" : "live"} role="status">
			{error || trouble ? `Not live, as of ${formatClockTime(dataUpdatedAt)}` : "Live"}
		</span>
	);
}
