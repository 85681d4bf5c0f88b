// Ending the session. No other page is there meanwhile, so none asks for what it no longer may.
import { useMutation } from "@tanstack/preact-query";
import { useEffect } from "preact/hooks";
import { useSessionChange } from "../session.tsx";
import { Failure, Loading } from "../ui/feedback.tsx";

/** Signs out; where that fails the reader is told, for the session still stands. */
export function SignOut({ onEnd }: { onEnd: () => void }) {
	const { end } = useSessionChange();
	const { mutate, error } = useMutation({ mutationFn: end, onSuccess: onEnd });
	useEffect(() => mutate(), [mutate]);
	return (
		<main class="sign-in">
			{error ? (
				<>
					<Failure error={error} retry={mutate} />
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
