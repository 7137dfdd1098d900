import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { test } from 'node:test';
import { CreateStreamCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { createEmulator } from 'kvs-emulator';
import { putMedia } from 'kvs-emulator/client';
import { chromium } from 'playwright-core';
import { site } from './server.js';

test('the page plays what the camera saw to its end', async (t) => {
  const emulator = await createEmulator();
  t.after(() => emulator.stop());
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: emulator.url, region: 'us-east-1', credentials };
  await new KinesisVideoClient(settings).send(new CreateStreamCommand({ StreamName: 'door', DataRetentionInHours: 1 }));
  const upload = putMedia({
    ...settings,
    streamName: 'door',
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: new Date(),
    body: createReadStream('door.mkv'),
  });
  for await (const { EventType } of upload) assert.notEqual(EventType, 'ERROR');

  const server = site(settings);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  const args = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction("document.getElementById('video').ended || document.getElementById('error').textContent");
  assert.equal(await page.textContent('#error'), '');
  assert.ok((await page.evaluate("document.getElementById('video').currentTime")) > 3.9);
});
