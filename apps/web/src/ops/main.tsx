import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import { applyStoredTheme } from '../shell/theme-toggle.js';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/hero.css';
import '../styles/sides.css';
import '../styles/inbox.css';
import '../styles/ops.css';
import '../styles/ops-figures.css';
import '../styles/ops-letters.css';
import { Operations } from './operations.js';

applyStoredTheme();
const page = document.getElementById('page');
if (page) render(<Operations />, page);
