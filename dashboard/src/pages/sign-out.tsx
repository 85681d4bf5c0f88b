// Signs out. No other page is shown meanwhile, so none sends a request that would be refused.

import { useEffect } from "preact/hooks";
import { useMutation } from "../mutation.ts";
import { useSessionChange } from "../session.tsx";
import { ErrorNotice, Loading } from "../ui/feedback.tsx";

/** Signs out; shows a failure, because the session then still exists. */
export function SignOut({ onEnd }: { onEnd: () => void }) {
	const { end } = useSessionChange();
	const { mutate, error } = useMutation({ mutationFn: end, onSuccess: onEnd });
	useEffect(() => mutate(), [mutate]);
	return (
		<main class="sign-in">
			{error ? (
				<>
					<ErrorNotice error={error} retry={mutate} />
					<button type="button" onClick={onEnd}>
						Stay signed in
					</button>
				</>
			) : (
				<Loading />
			)}
		</main>
	);
}
