/** The same, done once what it did outlasts the process. */
export const whenSafe =
  <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>, safe: () => Promise<void> | undefined) =>
  async (...args: Args): Promise<Result> => {
    const result = await act(...args);
    await safe();
    return result;
  };
