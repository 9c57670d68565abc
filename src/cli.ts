#!/usr/bin/env node
/** The entry of the bundle that package.json names as `otelier`. */
import './cli/main.ts';
