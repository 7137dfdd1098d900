// Input tables: what a member may be, as data. protocol/validate.ts checks a request to the service against them and renders
// AWS's sentences, emulator/controlInput.ts what is asked of the emulator itself; the TypeScript type of an input is
// inferred from its table.

interface Traits<Required extends boolean> {
  readonly required: Required;
  // The rest is for the emulator's own controls.
  /** What it means, for documents. */
  readonly means?: string;
  /** What to give instead of a wrong value. */
  readonly hint?: string | ((value: unknown) => string);
  /** What is wrong with a value, where there is more to say than that it cannot be. */
  readonly refusal?: (value: unknown) => string;
}
export interface StringShape<T extends string = string, R extends boolean = boolean> extends Traits<R> {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** As the service model has it; applied anchored at both ends, with the `u` flag. */
  readonly pattern?: string;
  readonly enum?: readonly T[];
  /** Never repeated in an error. */
  readonly sensitive?: true;
}
export interface NumberShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'integer' | 'long';
  readonly min?: number;
  readonly max?: number;
}
export interface BooleanShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'boolean';
}
/** Epoch seconds with a fraction on the wire, milliseconds since the epoch for operations. */
export interface TimestampShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'timestamp';
}
export interface ListShape<M extends Shape = Shape, R extends boolean = boolean> extends Traits<R> {
  readonly type: 'list';
  readonly member: M;
  readonly min?: number;
  readonly max?: number;
}
export interface MapShape<V extends Shape = Shape, R extends boolean = boolean> extends Traits<R> {
  readonly type: 'map';
  readonly key: StringShape;
  readonly value: V;
  readonly min?: number;
  readonly max?: number;
}
export interface StructureShape<M extends Members = Members, R extends boolean = boolean> extends Traits<R> {
  readonly type: 'structure';
  readonly members: M;
  /** For the emulator's own controls alone. */
  readonly choices?: readonly Choice[];
}
/** Members of which one is to be said, or one at most if none is needed. */
export interface Choice {
  readonly among: readonly string[];
  readonly needed: boolean;
}
/** Any number, where NumberShape is a whole one. */
export interface FractionShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'fraction';
  readonly min?: number;
  readonly max?: number;
}
/** Seconds, or a text like `90m` or `PT25H`; milliseconds for whoever reads it. */
export interface DurationShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'duration';
  /** A bare number is refused: not everybody would mean seconds. */
  readonly needsUnit?: true;
  readonly min?: number;
  readonly max?: number;
}
/** ISO 8601, or milliseconds since the epoch, which it is for whoever reads it. */
export interface DateShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'date';
  readonly min?: number;
  readonly max?: number;
}
/** Bytes, or a text like `512m` or `4GiB`; bytes for whoever reads it. */
export interface SizeShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'size';
  readonly min?: number;
  readonly max?: number;
}
/** One of several. */
export interface UnionShape<M extends Shape = Shape, R extends boolean = boolean> extends Traits<R> {
  readonly type: 'union';
  readonly among: readonly M[];
}
export interface NullShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'null';
}
/** Whatever JSON has. */
export interface AnyShape<R extends boolean = boolean> extends Traits<R> {
  readonly type: 'any';
}
/** What the emulator's own controls take and give, and no operation of the service. */
export type OwnShape =
  | FractionShape
  | DurationShape
  | DateShape
  | SizeShape
  // biome-ignore lint/suspicious/noExplicitAny: as below
  | UnionShape<any>
  | NullShape
  | AnyShape;
export type Shape =
  | OwnShape
  | StringShape
  | NumberShape
  | BooleanShape
  | TimestampShape
  // biome-ignore lint/suspicious/noExplicitAny: the recursion needs an anchor; Infer looks into the real type.
  | ListShape<any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | MapShape<any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | StructureShape<any>;
export type Members = { readonly [name: string]: Shape };

type Value<S> =
  S extends StringShape<infer T>
    ? T
    : S extends NumberShape | TimestampShape | FractionShape | DurationShape | DateShape | SizeShape
      ? number
      : S extends BooleanShape
        ? boolean
        : S extends ListShape<infer M>
          ? Value<M>[]
          : S extends MapShape<infer V>
            ? Map<string, Value<V>>
            : S extends StructureShape<infer M>
              ? MembersValue<M>
              : S extends UnionShape<infer M>
                ? M extends Shape
                  ? Value<M>
                  : never
                : S extends NullShape
                  ? null
                  : S extends AnyShape
                    ? unknown
                    : never;
export type RequiredNames<M extends Members> = {
  [K in keyof M]: M[K] extends { required: true } ? K : never;
}[keyof M];
export type MembersValue<M extends Members> = { [K in RequiredNames<M>]: Value<M[K]> } & {
  [K in Exclude<keyof M, RequiredNames<M>>]?: Value<M[K]>;
};

/** The input table of an operation. */
export interface Structure<Input> {
  readonly members: Members;
  /** Only for inference; never present. */
  readonly input?: Input;
}
export type Infer<S> = S extends Structure<infer Input> ? Input : never;
export const structure = <M extends Members>(members: M): Structure<MembersValue<M>> => ({ members });

export type Constraints<S extends Shape> = Omit<
  S,
  'type' | 'required' | 'member' | 'key' | 'value' | 'members' | 'choices' | 'among' | 'enum'
>;

export const string = (constraints: Constraints<StringShape> = {}): StringShape<string, false> => ({
  type: 'string',
  required: false,
  ...constraints,
});
/** One of the keys of a table. */
export const keyOf = <T extends string>(table: Readonly<Record<T, unknown>>): StringShape<T, false> => ({
  type: 'string',
  required: false,
  enum: Object.keys(table) as T[],
});
export const oneOf = <const T extends string>(...values: T[]): StringShape<T, false> => ({
  type: 'string',
  required: false,
  enum: values,
});
export const integer = (constraints: Constraints<NumberShape> = {}): NumberShape<false> => ({
  type: 'integer',
  required: false,
  ...constraints,
});
export const long = (constraints: Constraints<NumberShape> = {}): NumberShape<false> => ({
  type: 'long',
  required: false,
  ...constraints,
});
export const boolean = (): BooleanShape<false> => ({ type: 'boolean', required: false });
export const timestamp = (): TimestampShape<false> => ({ type: 'timestamp', required: false });
export const list = <M extends Shape>(member: M, bounds: { min?: number; max?: number } = {}): ListShape<M, false> => ({
  type: 'list',
  required: false,
  member,
  ...bounds,
});
export const map = <V extends Shape>(
  key: StringShape,
  value: V,
  bounds: { min?: number; max?: number } = {},
): MapShape<V, false> => ({ type: 'map', required: false, key, value, ...bounds });
export const object = <M extends Members>(members: M): StructureShape<M, false> => ({
  type: 'structure',
  required: false,
  members,
});
export const required = <S extends Shape>(shape: S): Omit<S, 'required'> & { readonly required: true } => ({
  ...shape,
  required: true,
});
