import { configChange, logLevel } from '../emulator/configControl.ts';
import { nullable } from '../protocol/ownShapes.ts';
import { string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { told } from './answerShapes.ts';

const place = nullable(string());
const answer = told({
  publicUrl: place,
  logLevel,
  eventsWebhook: place,
  sns: place,
  s3: place,
  imagesDir: place,
});
const example = {
  publicUrl: null,
  logLevel: 'debug',
  eventsWebhook: null,
  sns: 'http://127.0.0.1:5000',
  s3: null,
  imagesDir: null,
};

export const configRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/config',
    input: nothing('The configuration'),
    summary: 'the options that may be others while it runs',
    answer,
    example,
    library: ['config.get()'],
    command: ['config'],
    handle: ({ config }) => config.get(),
  }),
  route({
    kind: 'json',
    method: 'PATCH',
    path: '/config',
    summary: 'changes some of them; null takes one back to what it is by default',
    input: configChange,
    answer,
    example,
    library: ["config.set({ logLevel: 'debug' })"],
    command: ['config --set logLevel=debug --set sns='],
    handle: ({ config }, change) => config.set(change),
  }),
];
