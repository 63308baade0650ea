// SPDX-License-Identifier: Apache-2.0
//
// taskrows.js: the tasks below the calls of their thread: a bar for each, solid where it
// runs, hatched where it waits.  Tasks that do not live at the same time share a row.
"use strict";

class TaskRows {
  static ROW = 16; // CSS pixels
  static MOST = 12; // rows, until they are opened
  static LEAST = 30; // CSS pixels of a bar that has its name

  constructor(tasks) {
    this.count = tasks.length;
    this.rows = TaskRows.packed(tasks);
  }

  // Each into the first row that is free when it begins.
  static packed(tasks) {
    const rows = [];
    const free = []; // when each row is
    for (const task of [...tasks].sort((one, other) => one.from - other.from)) {
      let row = free.findIndex((time) => time <= task.from);
      if (row < 0) row = rows.push([]) - 1;
      rows[row].push(task);
      free[row] = task.to;
    }
    return rows;
  }

  // The task of a row at time, or within slack of it; or null.
  at(row, time, slack) {
    const list = this.rows[row] || [];
    const i = Column.bound(list, list.length, (task) => task.to >= time - slack);
    return i < list.length && list[i].from <= time + slack ? list[i] : null;
  }

  static of(trace, tracks) {
    if (!trace.tasks || trace.tasks.size === 0) return null;
    trace.taskRows = trace.taskRows || new Map();
    const [track] = tracks;
    if (!trace.taskRows.has(track)) {
      const tasks = tracks.flatMap((one) => trace.tasks.get(one) || []);
      trace.taskRows.set(track, tasks.length ? new TaskRows(tasks) : null);
    }
    return trace.taskRows.get(track);
  }

  // The call that is its step at that time, or the one before; or null.
  static spanAt(task, at) {
    const i = Math.min(task.after(at), task.count - 1);
    const step = i > 0 && task.start[i] > at ? i - 1 : i;
    if (step < 0) return null;
    const middle = (task.start[step] + task.end[step]) / 2;
    const spans = task.track.levels.map((_, depth) => Span.at(task.track, depth, middle)).filter(Boolean);
    return spans.find((span) => span.function === task.function && span.start >= task.start[step]) || spans.find((span) => span.start >= task.start[step]) || null;
  }

  static draw(picture, items) {
    for (const item of items) if (item.kind === "tasks") for (let row = 0; row < item.rows; row++) TaskRows.drawRow(picture, item, row);
  }

  static drawRow(picture, item, row) {
    const y = picture.toY(item.rowsY + row * TaskRows.ROW);
    const height = Math.round((TaskRows.ROW - 2) * picture.ratio);
    if (y + height <= 0 || y >= picture.canvas.height) return;
    const { from, to } = picture.view;
    const list = item.tasks.rows[row];
    let drawn = -1;
    for (let i = Column.bound(list, list.length, (task) => task.to > from); i < list.length && list[i].from < to; i++) {
      const right = picture.toX(list[i].to);
      if (right < drawn + 1) continue; // less than a pixel
      TaskRows.drawTask(picture, list[i], y, height);
      drawn = right;
    }
  }

  static drawTask(picture, task, y, height) {
    const { context, theme, canvas, colours, ratio } = picture;
    const left = Math.max(-ratio, Math.round(picture.toX(task.from)));
    const right = Math.min(canvas.width + ratio, Math.max(left + ratio, Math.round(picture.toX(task.to))));
    context.fillStyle = theme.colour.sunken;
    context.fillRect(left, y, right - left, height);
    picture.hatch(left, y, right - left, height);
    context.fillStyle = colours.shownCss(task.function);
    TaskRows.eachStep(picture, task, (begin, end) => context.fillRect(begin, y, end - begin, height));
    if (task.ended === "exception" && right <= canvas.width) {
      context.fillStyle = theme.colour.bad;
      context.fillRect(right - Math.round(3 * ratio), y, Math.round(3 * ratio), height);
    }
    if (right - left > TaskRows.LEAST * ratio) TaskRows.drawName(picture, task, left, right, y, height);
  }

  // In pixels, those that touch as one.
  static eachStep(picture, task, each) {
    const { from, to } = picture.view;
    let [begin, end] = [NaN, NaN];
    for (let i = task.after(from); i < task.count && task.start[i] < to; i++) {
      const left = Math.max(0, Math.floor(picture.toX(task.start[i])));
      const right = Math.max(left + 1, Math.ceil(picture.toX(task.end[i])));
      if (left > end) each(begin, end);
      if (!(left <= end)) begin = left;
      end = left <= end ? Math.max(end, right) : right;
      if (right === left + 1) i = Math.max(i, task.after(from + (right / picture.canvas.width) * (to - from)) - 1);
    }
    if (end > begin) each(begin, end);
  }

  // Where it is in sight; on the colour of the ground, so that the hatching does not
  // run through it.
  static drawName(picture, task, left, right, y, height) {
    const { context, theme, labels, ratio, canvas } = picture;
    const pad = 4 * ratio;
    const begin = Math.max(left, 0);
    const room = Math.min(right, canvas.width) - begin - 2 * pad;
    const text = labels.cut(task.title(picture.state.trace.names).slice(0, 200), room);
    if (!text) return;
    context.globalAlpha = 0.8;
    context.fillStyle = theme.colour.ground;
    context.fillRect(begin + pad / 2, y + ratio, labels.width(text) + pad, height - 2 * ratio);
    context.globalAlpha = 1;
    context.fillStyle = theme.colour.text;
    context.fillText(text, begin + pad, y + height / 2 + 0.5);
  }
}
