import type { Instant } from '../runtime/time.ts';
import type {
  AnyShape,
  BooleanShape,
  Constraints,
  DateShape,
  DurationShape,
  FractionShape,
  ListShape,
  MapShape,
  Members,
  NullShape,
  NumberShape,
  RequiredNames,
  Shape,
  SizeShape,
  StringShape,
  StructureShape,
  UnionShape,
} from './shapes.ts';

// Shapes of what is asked of the emulator itself, besides those that the service has as well.

export const fraction = (constraints: Constraints<FractionShape> = {}): FractionShape<false> => ({
  type: 'fraction',
  required: false,
  ...constraints,
});
/** @param constraints bounds in milliseconds; it is not negative unless they say so */
export const duration = (constraints: Constraints<DurationShape> = {}): DurationShape<false> => ({
  type: 'duration',
  required: false,
  min: 0,
  ...constraints,
});
export const date = (constraints: Constraints<DateShape> = {}): DateShape<false> => ({
  type: 'date',
  required: false,
  ...constraints,
});
export const size = (constraints: Constraints<SizeShape> = {}): SizeShape<false> => ({
  type: 'size',
  required: false,
  ...constraints,
});
export const union = <M extends readonly Shape[]>(...among: M): UnionShape<M[number], false> => ({
  type: 'union',
  required: false,
  among,
});
const nothing = (): NullShape<false> => ({ type: 'null', required: false });
export const nullable = <S extends Shape>(shape: S): UnionShape<S | NullShape<false>, false> => union(shape, nothing());
export const anything = (): AnyShape<false> => ({ type: 'any', required: false });
/** One, or several in a list: all or nothing. */
export const oneOrMany = <M extends Shape>(member: M, max: number): UnionShape<M | ListShape<M, false>, false> =>
  union(member, { type: 'list', required: false, member, max });

/** A value as callers give it, before it is read. */
type GivenValue<S> =
  S extends StringShape<infer T>
    ? T
    : S extends NumberShape | FractionShape
      ? number
      : S extends DurationShape | SizeShape
        ? number | string
        : S extends DateShape
          ? Instant
          : S extends BooleanShape
            ? boolean
            : S extends ListShape<infer M>
              ? readonly GivenValue<M>[]
              : S extends MapShape<infer V>
                ? Readonly<Record<string, GivenValue<V>>>
                : S extends StructureShape<infer M>
                  ? Given<M>
                  : S extends UnionShape<infer M>
                    ? M extends Shape
                      ? GivenValue<M>
                      : never
                    : S extends NullShape
                      ? null
                      : S extends AnyShape
                        ? unknown
                        : never;
/** What callers give for a table of members. */
export type Given<M extends Members> = { readonly [K in RequiredNames<M>]: GivenValue<M[K]> } & {
  readonly [K in Exclude<keyof M, RequiredNames<M>>]?: GivenValue<M[K]> | undefined;
};
