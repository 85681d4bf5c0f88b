/** Gives the reader a file to save, of texts one after the other. */
export function download(name: string, ...texts: readonly string[]): void {
	const url = URL.createObjectURL(new Blob([...texts]));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
}
