import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { unsavedMark } from "../unsaved.ts";

interface Props {
	readonly class?: string;
	/** Whether something would be lost if the reader left now. */
	readonly unsaved?: boolean;
	/** Whether its first field takes the focus: the form has come in place of what had it. */
	readonly focused?: boolean;
	readonly onSubmit: (form: HTMLFormElement) => void;
	readonly children: ComponentChildren;
}

/** A form that is submitted by our code, after the browser has checked its fields. */
export function Form({ onSubmit, unsaved = false, focused = false, children, ...rest }: Props) {
	const form = useRef<HTMLFormElement>(null);
	useEffect(() => {
		if (focused) form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus();
	}, [focused]);
	return (
		<form
			{...rest}
			{...unsavedMark(unsaved)}
			ref={form}
			onSubmit={(event) => {
				event.preventDefault();
				onSubmit(event.currentTarget);
			}}
		>
			{children}
		</form>
	);
}
