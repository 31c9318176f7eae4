// Names and texts in SQL, for statements that the tests write themselves.

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
