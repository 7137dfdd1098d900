import { type AdminOperation, PlainText } from './adminOperation.ts';

export const caPem: AdminOperation = {
  method: 'GET',
  path: '/_kvs/ca.pem',
  summary: 'the certificate to trust for https',
  handle: async ({ trusted }) => new PlainText('application/x-pem-file', await trusted()),
};
