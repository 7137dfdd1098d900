// What the emulator's start is held against: the least that answers 200.
import { serve } from './serve.mjs';

serve((_request, response) => response.end('{}'));
