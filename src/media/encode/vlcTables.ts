// Variable-length codes of CAVLC (H.264, 9.2), as `length:code` in words of one row each. Only what pictures without
// neighbours that count need: coeff_token for 0 <= nC < 2, total_zeros of blocks of 16, run_before.

/** A code: how many bits, and which. */
export type Code = readonly [length: number, bits: number];

const row = (text: string): readonly Code[] =>
  text.split(' ').map((code) => {
    const [length = 0, bits = 0] = code.split(':').map(Number);
    return [length, bits];
  });

/** Table 9-5: by how many of the last coefficients are ones, then by how many coefficients there are. */
export const COEFF_TOKEN = [
  row('1:1 6:5 8:7 9:7 10:7 11:7 13:15 13:11 13:8 14:15 14:11 15:15 15:11 16:15 16:11 16:7 16:4'),
  row('0:0 2:1 6:4 8:6 9:6 10:6 11:6 13:14 13:10 14:14 14:10 15:14 15:10 15:1 16:14 16:10 16:6'),
  row('0:0 0:0 3:1 7:5 8:5 9:5 10:5 11:5 13:13 13:9 14:13 14:9 15:13 15:9 16:13 16:9 16:5'),
  row('0:0 0:0 0:0 5:3 6:3 7:4 8:4 9:4 10:4 11:4 13:12 14:12 14:8 15:12 15:8 16:12 16:8'),
];

/** Tables 9-7 and 9-8: by how many coefficients there are, less one, then by the zeros before the last of them. */
export const TOTAL_ZEROS = [
  row('1:1 3:3 3:2 4:3 4:2 5:3 5:2 6:3 6:2 7:3 7:2 8:3 8:2 9:3 9:2 9:1'),
  row('3:7 3:6 3:5 3:4 3:3 4:5 4:4 4:3 4:2 5:3 5:2 6:3 6:2 6:1 6:0'),
  row('4:5 3:7 3:6 3:5 4:4 4:3 3:4 3:3 4:2 5:3 5:2 6:1 5:1 6:0'),
  row('5:3 3:7 4:5 4:4 3:6 3:5 3:4 4:3 3:3 4:2 5:2 5:1 5:0'),
  row('4:5 4:4 4:3 3:7 3:6 3:5 3:4 3:3 4:2 5:1 4:1 5:0'),
  row('6:1 5:1 3:7 3:6 3:5 3:4 3:3 3:2 4:1 3:1 6:0'),
  row('6:1 5:1 3:5 3:4 3:3 2:3 3:2 4:1 3:1 6:0'),
  row('6:1 4:1 5:1 3:3 2:3 2:2 3:2 3:1 6:0'),
  row('6:1 6:0 4:1 2:3 2:2 3:1 2:1 5:1'),
  row('5:1 5:0 3:1 2:3 2:2 2:1 4:1'),
  row('4:0 4:1 3:1 3:2 1:1 3:3'),
  row('4:0 4:1 2:1 1:1 3:1'),
  row('3:0 3:1 1:1 2:1'),
  row('2:0 2:1 1:1'),
  row('1:0 1:1'),
];

/** Table 9-10: by the zeros that are left, less one and seven at most, then by how many of them stand before this one. */
export const RUN_BEFORE = [
  row('1:1 1:0'),
  row('1:1 2:1 2:0'),
  row('2:3 2:2 2:1 2:0'),
  row('2:3 2:2 2:1 3:1 3:0'),
  row('2:3 2:2 3:3 3:2 3:1 3:0'),
  row('2:3 3:0 3:1 3:3 3:2 3:5 3:4'),
  row('3:7 3:6 3:5 3:4 3:3 3:2 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:1'),
];
