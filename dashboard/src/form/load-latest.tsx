import { ApiError } from "../api.ts";
import { useMutation } from "../mutation.ts";
import { ActionButton } from "../ui/feedback.tsx";

interface Props<T> {
	/** What was refused because somebody else has changed the record; without such a refusal nothing is shown. */
	readonly save: { readonly error: Error | null; readonly reset: () => void };
	/** Reads what is stored now; nothing, or an exception, if it can't be read: then the refusal stays. */
	readonly read: () => Promise<T | undefined>;
	/** The form's changes, which are put together with it. */
	readonly changes: { readonly load: (latest: T) => void };
}

/** What a form offers after such a refusal: the newest, with what was typed. */
export function LoadLatest<T>({ save, read, changes }: Props<T>) {
	const load = useMutation({
		mutationFn: read,
		onSuccess: (latest) => {
			if (!latest) return;
			changes.load(latest);
			save.reset();
		},
	});
	if (!(save.error instanceof ApiError) || save.error.status !== 412) return null;
	return (
		<ActionButton busy={load.isPending} onClick={() => load.mutate()}>
			Load the latest, keep my changes
		</ActionButton>
	);
}
