const round = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

export const megabytesPerSecond = (bytes, ms) => bytes / 1e3 / ms;
export const speed = (value) => `${round(value)} MB/s`;
export const rate = (value) => `${Math.round(value).toLocaleString('en')} requests/s`;
export const milliseconds = (value) => `${round(value)} ms`;
export const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
export const ratio = (value) => value.toFixed(2);
