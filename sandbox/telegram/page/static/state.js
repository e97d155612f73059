// What the page knows: the bot, the people, the groups, and which chat is open as whom.

export const state = {
  bot: { id: 0, first_name: "Bot" },
  users: new Map(), // id -> user
  groups: new Map(), // chat id -> { chat, members, standing, topics }
  last: new Map(), // chat id -> newest message
  unread: new Map(), // chat id -> count
  chatId: null, // the open chat: of a private chat, its user's id
  userId: null, // who writes there
  threadId: null, // the open topic; null: the general one, or none
  view: null, // the open chat as the server tells it: topics, standing, commands
  messages: new Map(), // message id -> message of the open chat
  replyTo: null,
};

export function take(overview) {
  state.bot = overview.bot;
  state.users = new Map(overview.users.map(({ user }) => [user.id, user]));
  state.groups = new Map(overview.groups.map((group) => [group.chat.id, group]));
  for (const { user, last } of overview.users) if (last) state.last.set(user.id, last);
  for (const { chat, last } of overview.groups) if (last) state.last.set(chat.id, last);
}

export const isGroup = (chatId) => chatId < 0;

export function members(chatId) {
  const standings = state.groups.get(chatId)?.members ?? {};
  return Object.entries(standings)
    .filter(([, standing]) => standing !== "left" && standing !== "kicked")
    .map(([id]) => state.users.get(Number(id)))
    .filter(Boolean);
}

export const chatName = (chatId) =>
  isGroup(chatId) ? (state.groups.get(chatId)?.chat.title ?? "Group") : (state.users.get(chatId)?.first_name ?? "Somebody");

export const isVisible = (message) =>
  !state.view?.topics?.length || (message.message_thread_id ?? null) === state.threadId;
