/**
 * What KMS refuses with, and what of that a producer and a reader are told. The names and ids are AWS's; that they belong
 * together one to one is our reading of the names.
 */
export const KEY_REFUSALS = {
  AccessDeniedException: { code: 'KMS_KEY_ACCESS_DENIED', id: 4500 },
  DisabledException: { code: 'KMS_KEY_DISABLED', id: 4501 },
  ValidationException: { code: 'KMS_KEY_VALIDATION_ERROR', id: 4502 },
  KeyUnavailableException: { code: 'KMS_KEY_UNAVAILABLE', id: 4503 },
  InvalidKeyUsageException: { code: 'KMS_KEY_INVALID_USAGE', id: 4504 },
  KMSInvalidStateException: { code: 'KMS_KEY_INVALID_STATE', id: 4505 },
  NotFoundException: { code: 'KMS_KEY_NOT_FOUND', id: 4506 },
} as const;
export type KeyRefusal = keyof typeof KEY_REFUSALS;
export type KeyAckError = (typeof KEY_REFUSALS)[KeyRefusal]['code'];
