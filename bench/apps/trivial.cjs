'use strict';
require('./report.cjs')();
