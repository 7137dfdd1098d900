// Table A-1 of H.264: macroblocks a second, macroblocks a picture, and bits a second, in thousands.
const LEVELS: readonly (readonly [level: number, perSecond: number, perPicture: number, kilobits: number])[] = [
  [10, 1485, 99, 64],
  [11, 3000, 396, 192],
  [12, 6000, 396, 384],
  [13, 11_880, 396, 768],
  [20, 11_880, 396, 2000],
  [21, 19_800, 792, 4000],
  [22, 20_250, 1620, 4000],
  [30, 40_500, 1620, 10_000],
  [31, 108_000, 3600, 14_000],
  [32, 216_000, 5120, 20_000],
  [40, 245_760, 8192, 20_000],
  [41, 245_760, 8192, 50_000],
  [42, 522_240, 8704, 50_000],
  [50, 589_824, 22_080, 135_000],
  [51, 983_040, 36_864, 240_000],
  [52, 2_073_600, 36_864, 240_000],
];

/** The lowest level that allows such pictures, times ten; undefined if none does. */
export function avcLevel(columns: number, rows: number, rate: number, bitsPerSecond: number): number | undefined {
  const blocks = columns * rows;
  const fits = LEVELS.find(
    ([, perSecond, perPicture, kilobits]) =>
      blocks * rate <= perSecond &&
      blocks <= perPicture &&
      Math.max(columns, rows) ** 2 <= 8 * perPicture &&
      bitsPerSecond <= kilobits * 1000,
  );
  return fits?.[0];
}
