import { mount } from 'svelte';
import './app.css';
import { settings } from './settings.svelte';
import App from './shell/App.svelte';

await settings.start();
mount(App, { target: document.getElementById('app')! });
