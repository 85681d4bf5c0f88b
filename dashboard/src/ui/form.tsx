import type { ComponentChildren } from "preact";
import { unsavedMark } from "../unsaved.ts";

interface Props {
	readonly class?: string;
	/** Whether something would be lost if the reader left now. */
	readonly unsaved?: boolean;
	readonly onSubmit: (form: HTMLFormElement) => void;
	readonly children: ComponentChildren;
}

/** A form that is submitted by our code, after the browser has checked its fields. */
export const Form = ({ onSubmit, unsaved = false, children, ...rest }: Props) => (
	<form
		{...rest}
		{...unsavedMark(unsaved)}
		onSubmit={(event) => {
			event.preventDefault();
			onSubmit(event.currentTarget);
		}}
	>
		{children}
	</form>
);
