import { render } from 'preact';
import '../styles/tokens.css';
import '../styles/api-page.css';
import { ActAs } from './act-as.js';
import { givesTokens } from './swagger.js';

// Swagger UI makes itself when the page has loaded, too, and is first.
addEventListener('load', () => {
  const swagger = document.getElementById('swagger-ui');
  if (!window.ui || !swagger || !givesTokens(window.ui)) return;
  const bar = document.createElement('div');
  bar.className = 'act-as';
  swagger.before(bar);
  render(<ActAs ui={window.ui} />, bar);
});
