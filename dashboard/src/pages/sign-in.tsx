import { useEffect, useState } from "preact/hooks";
import { type Session, signIn } from "../api.ts";
import { useMutation } from "../mutation.ts";
import { useSessionChange } from "../session.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ActionButton, ErrorNotice } from "../ui/feedback.tsx";
import { TextField } from "../ui/field.tsx";
import { Form } from "../ui/form.tsx";

/** Exchanges a key for a session. */
function SignInForm() {
	const [key, setKey] = useState("");
	const { begin } = useSessionChange();
	const entry = useMutation<Session | null, string>({ mutationFn: signIn, onSuccess: begin });
	return (
		<Form onSubmit={() => entry.mutate(key)}>
			<TextField
				label="API key"
				type="password"
				mono
				required
				focused
				placeholder="lw_live_…"
				value={key}
				onInput={setKey}
				hint="It gives you a session of eight hours. This page does not keep the key."
			/>
			<ErrorNotice error={entry.error} />
			<ActionButton class="primary" busy={entry.isPending}>
				{entry.isPending ? "Signing in…" : "Sign in"}
			</ActionButton>
		</Form>
	);
}

export function SignIn() {
	useEffect(() => {
		document.title = "Sign in · Leadwire";
	}, []);
	return (
		<main class="sign-in">
			<div class="sheet">
				<h1>
					<img src="/favicon.svg" alt="" width="32" height="32" />
					Leadwire
				</h1>
				<p class="soft">Keys, webhooks, deliveries and data of your organization.</p>
				<SignInForm />
				<details>
					<summary>I have no key yet</summary>
					<p>
						Whoever runs this server makes the first one: <code>npm start</code> prints one, and so does{" "}
						<code>npm run admin -- key create</code>. You can create more here.
					</p>
				</details>
			</div>
			<p class="soft">
				<a href="/docs">API reference</a> · <a href="/">About Leadwire</a>
			</p>
		</main>
	);
}

/** Shown over a page whose session has ended, so that typed text is kept. */
export function SignInAgain({ reason, onLeave }: { reason: string; onLeave: () => void }) {
	return (
		<Dialog title="Sign in again" onClose={onLeave} insistent>
			<p role="alert">
				{reason} A session lasts eight hours, and ends earlier when its key is revoked or another tab signs in
				with another key. What you typed on this page is kept if you sign in to the same organization.
			</p>
			<SignInForm />
			<footer>
				<button type="button" class="plain" onClick={onLeave}>
					Leave this page
				</button>
			</footer>
		</Dialog>
	);
}
