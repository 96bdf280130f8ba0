// One after the other on the same processes: eight of them take long to start.
import './gateway/document.suite.js';
import './gateway/requests.suite.js';
import './gateway/streams.suite.js';
import './gateway/away.suite.js';
import './gateway/silent-apps.suite.js';
