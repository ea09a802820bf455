// SPDX-License-Identifier: GPL-3.0-or-later
// Switches, sorting and the line that says what is chosen.  Without it every row shows.
(function () {
  'use strict';
  var keys = ['configuration', 'area', 'year'];
  var chosen = {};
  document.body.classList.remove('nojs');

  function fits(row) {
    return keys.every(function (key) {
      var mine = row.getAttribute('data-' + key);
      return mine === null || !chosen[key] || mine === chosen[key];
    });
  }

  function show() {
    document.querySelectorAll('tbody tr').forEach(function (row) {
      row.hidden = !fits(row);
    });
    document.querySelectorAll('.facts li').forEach(function (item) {
      item.hidden = !fits(item);
    });
    var live = document.getElementById('chosen');
    var rows = document.querySelectorAll('tbody tr:not([hidden])').length;
    live.textContent = keys.map(function (key) {
      var select = document.getElementById('switch-' + key);
      return select ? select.options[select.selectedIndex].text : '';
    }).filter(Boolean).join(', ') + ' – ' + rows + ' ' + live.getAttribute('data-rows');
  }

  keys.forEach(function (key) {
    var select = document.getElementById('switch-' + key);
    if (!select) { return; }
    chosen[key] = select.value;
    select.addEventListener('change', function () {
      chosen[key] = select.value;
      show();
    });
  });

  function value(row, column) {
    var cell = row.cells[column];
    var number = cell.getAttribute('data-v');
    return number === null ? cell.textContent : parseFloat(number);
  }

  function sort(table, column, down) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) {
      var x = value(a, column), y = value(b, column);
      if (x !== x || y !== y) { return x !== x ? (y !== y ? 0 : 1) : -1; }
      var order = x < y ? -1 : x > y ? 1 : 0;
      return down ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  document.querySelectorAll('table').forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.textContent = '';
      head.appendChild(button);
      button.addEventListener('click', function () {
        var down = head.getAttribute('aria-sort') === 'ascending';
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
          other.removeAttribute('aria-sort');
        });
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        sort(table, column, down);
      });
    });
  });
  show();
})();
