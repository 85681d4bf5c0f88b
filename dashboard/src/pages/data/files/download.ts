/** Gives the reader a file to save. */
export function download(name: string, text: string): void {
	const url = URL.createObjectURL(new Blob([text]));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
}
