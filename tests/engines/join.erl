%% Has the second node of a cluster join the first, and says how that went. As `ejabberdctl join_cluster` does, which
%% gives up after five seconds; and once all of both is there: a node listens before that, and one that is asked to
%% join meanwhile may stand still for ever. An expression, for `erl -eval`.
Started = fun
    Wait(_, 0) ->
        late;
    Wait(Node, Times) ->
        Running = rpc:call(Node, application, which_applications, [infinity], 60000),
        case is_list(Running) andalso lists:keymember(ejabberd, 1, Running) of
            true ->
                ok;
            false ->
                timer:sleep(100),
                Wait(Node, Times - 1)
        end
end,
[One, Two] = ['one@127.0.0.1', 'two@127.0.0.1'],
Said = case {Started(One, 600), Started(Two, 600)} of
    {ok, ok} -> rpc:call(Two, ejabberd_cluster, join, [One], 60000);
    Late -> Late
end,
io:format("~0p", [Said]),
halt().
