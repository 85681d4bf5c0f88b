import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { hasUnsaved, leave } from "../unsaved.ts";
import { ActionButton } from "./feedback.tsx";

interface Props {
	readonly title: string;
	/** Called when the reader closes it, also with Escape. */
	readonly onClose: () => void;
	readonly children: ComponentChildren;
	readonly wide?: boolean;
	/** Whether it can't be closed with the cross or Escape, for content that is shown only once. */
	readonly insistent?: boolean;
}

/** Whether a dialog is open that must not be left by accident. */
export const isInsisting = () => document.querySelector("dialog[data-insistent]") !== null;

/** A modal dialog: the browser keeps the focus inside and restores it afterwards. */
export function Dialog({ title, onClose, children, wide = false, insistent = false }: Props) {
	const dialog = useRef<HTMLDialogElement>(null);
	const heading = useId();
	// Before the next key is pressed: who types on after Ctrl+K types into it.
	useLayoutEffect(() => {
		const { current } = dialog;
		current?.showModal();
		return () => current?.close();
	}, []);
	useEffect(() => {
		if (!insistent) return;
		// At the window, because the focus may be on nothing. Another dialog may be open above this one.
		const pressed = (event: KeyboardEvent) => {
			if (event.key === "Escape" && dialog.current === [...document.querySelectorAll("dialog")].at(-1))
				event.preventDefault();
		};
		addEventListener("keydown", pressed);
		return () => removeEventListener("keydown", pressed);
	}, [insistent]);
	/** As the reader wants, who may have typed something. */
	const close = () => {
		if (dialog.current && hasUnsaved(dialog.current)) leave({ go: onClose });
		else onClose();
	};
	return (
		<dialog
			ref={dialog}
			class={wide ? "wide" : ""}
			aria-labelledby={heading}
			data-insistent={insistent ? "" : undefined}
			onCancel={(event) => {
				event.preventDefault();
				if (!insistent) close();
			}}
			onClose={() => {
				// After some presses of Escape browsers close a dialog without asking; it is still wanted if it is still here.
				if (!dialog.current || dialog.current.open) return;
				dialog.current.showModal();
				// Another one that asks about it may be open already, and stays above it.
				const all = [...document.querySelectorAll("dialog")];
				for (const above of all.slice(all.indexOf(dialog.current) + 1)) {
					above.close();
					above.showModal();
				}
				if (!insistent) close();
			}}
		>
			<header>
				<h2 id={heading}>{title}</h2>
				{insistent ? null : (
					<button type="button" class="icon" aria-label="Close" onClick={close}>
						<svg viewBox="0 0 16 16" aria-hidden="true">
							<path d="m4 4 8 8m0-8-8 8" />
						</svg>
					</button>
				)}
			</header>
			{children}
		</dialog>
	);
}

interface FooterProps {
	/** The label of the button that does what the dialog is for. */
	readonly action: string;
	readonly busy: boolean;
	/** Without it, the button submits the form around it. */
	readonly onAction?: () => void;
	readonly disabled?: boolean;
	readonly tone?: "primary" | "danger";
	readonly close?: "Cancel" | "Close" | "Stay";
	readonly onClose: () => void;
	/** Further buttons, before these. */
	readonly children?: ComponentChildren;
}

/** The buttons of a dialog. */
export const DialogFooter = ({
	action,
	busy,
	onAction,
	disabled = false,
	tone = "primary",
	close = "Cancel",
	onClose,
	children,
}: FooterProps) => (
	<footer>
		{children}
		<button type="button" onClick={onClose}>
			{close}
		</button>
		<ActionButton class={tone} busy={busy} disabled={disabled} {...(onAction ? { onClick: onAction } : {})}>
			{action}
		</ActionButton>
	</footer>
);

interface ConfirmProps {
	readonly title: string;
	readonly children: ComponentChildren;
	/** The label of the confirming button. */
	readonly action: string;
	readonly busy: boolean;
	readonly onConfirm: () => void;
	readonly close?: "Cancel" | "Stay";
	readonly onClose: () => void;
}

/** Asks for confirmation of an action that can't be undone. */
export function Confirm({ title, children, onConfirm, ...footer }: ConfirmProps) {
	return (
		<Dialog title={title} onClose={footer.onClose}>
			{children}
			<DialogFooter {...footer} onAction={onConfirm} tone="danger" />
		</Dialog>
	);
}
